//! Sending: each request on a thread of its own, so that whoever waits can leave before the server has answered, and no
//! more of them at once than a server is glad of.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use super::{Client, Failure};
use crate::store::server::credentials::Credentials;
use crate::store::server::exchange::{Request, Response, exchange, may_pass, said_of};
use crate::store::{ReadCx, Result, Urgency};

/// How often whoever waits looks whether he still has to.
pub(super) const LOOK: Duration = Duration::from_millis(20);
/// Requests at the same time.
pub(super) const AT_ONCE: usize = 6;

/// How many requests run, and who waits for a turn.
pub(super) type Running = Arc<(Mutex<usize>, Condvar)>;

impl Client {
    /// Sends one request on a thread of its own: whoever waits can leave before the server has answered.
    pub(super) fn send(
        &self,
        cx: &ReadCx,
        request: Request,
        who: Credentials,
    ) -> std::result::Result<Response, Failure> {
        let turn = self.turn(cx).map_err(Failure::Final)?;
        let (sender, receiver) = mpsc::sync_channel(1);
        let (agent, workspace) = (self.agent_of(&request).clone(), self.workspace.clone());
        let cancel = cx.cancel_token().clone();
        let waiter = Waiter::default();
        let has_left = Arc::clone(&waiter.has_left);
        let work = move || {
            let _turn = turn;
            let is_wanted = || !cancel.is_cancelled() && !has_left.load(Ordering::Relaxed);
            let _ = sender.send(exchange(&agent, &request, who.header(), workspace.as_deref(), is_wanted));
        };
        let thread = thread::Builder::new().name("dspyglass-request".to_owned()).spawn(work);
        if let Err(error) = thread {
            return Err(Failure::Final(self.network(&format!("no thread for the request: {error}"))));
        }
        loop {
            let received = receiver.recv_timeout(LOOK);
            // Before anything is made of it: whoever was told to stop may have got half an answer.
            cx.check().map_err(Failure::Final)?;
            match received {
                Ok(Ok(response)) => return Ok(response),
                Ok(Err(error)) => {
                    let message = said_of(&error);
                    let error = self.network(&message);
                    return Err(if may_pass(&message) { Failure::MayPass(error) } else { Failure::Final(error) });
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    return Err(Failure::Final(self.network("the request broke off")));
                }
            }
        }
    }

    /// Who sends a request.
    fn agent_of(&self, request: &Request) -> &ureq::Agent {
        if request.signed.is_some() { &self.elsewhere } else { &self.agent }
    }

    /// Waits until a request may be sent: some of those that run at the same time are left to whoever waits most.
    fn turn(&self, cx: &ReadCx) -> Result<Turn> {
        let (count, freed) = &*self.running;
        let most = match cx.urgency() {
            Urgency::First => AT_ONCE,
            Urgency::Beside => AT_ONCE - 1,
            Urgency::Behind => AT_ONCE - 2,
        };
        let mut running = count.lock().unwrap_or_else(PoisonError::into_inner);
        while *running >= most {
            cx.check()?;
            running = freed.wait_timeout(running, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
        *running += 1;
        Ok(Turn(Arc::clone(&self.running)))
    }
}

/// Whoever waits for an answer; the request ends when he has left, whatever made him leave.
#[derive(Default)]
struct Waiter {
    has_left: Arc<AtomicBool>,
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.has_left.store(true, Ordering::Relaxed);
    }
}

/// One of the requests that may run; free again when it is dropped.
struct Turn(Running);

impl Drop for Turn {
    fn drop(&mut self) {
        let (count, freed) = &*self.0;
        let mut running = count.lock().unwrap_or_else(PoisonError::into_inner);
        *running = running.saturating_sub(1);
        // Whoever was woken alone might be one who has to wait on.
        freed.notify_all();
    }
}
